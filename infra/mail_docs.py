"""Draw the recognised email forms into docs/mail.md: python -m infra.mail_docs (see `infra/docs/email_forms.py`)."""

from infra.command import run_command
from infra.docs.email_forms import main

if __name__ == "__main__":
    run_command(main)
