"""What the peer's database has before the measuring: an admin, a queue and a hundred tickets."""

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402 - the models are there only after the set-up
from helpdesk.models import Queue, Ticket  # noqa: E402

TICKETS = 100

get_user_model().objects.create_superuser("admin", "admin@example.com", "admin")
queue = Queue.objects.create(title="Support", slug="support")
for number in range(TICKETS):
    Ticket.objects.create(title=f"Ticket {number}", queue=queue, description="The lamp flickers.")
