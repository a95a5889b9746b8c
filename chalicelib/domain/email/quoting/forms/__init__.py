"""The forms of quotes and signatures that are recognised, as data: the words, the client that writes them, their language,
and the source. `docs/mail.md` shows them; a test compares both.

In a form, `{date}` is when the quoted email was written, `{who}` is its sender's name and address, `{device}` is the name
of a product and `{app}` that of an app with its system.
"""
