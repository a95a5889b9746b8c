"""Draw the recognised email forms into docs/mail.md: python -m infra.mail_docs (see `infra/docs/email_forms.py`)."""

import sys

from infra.docs.email_forms import main

if __name__ == "__main__":
    main(sys.argv[1:])
