"""The forms of quotes and signatures that are recognised, as data: what stands there, of which client, in which
language, and where it was seen. `docs/mail.md` shows them; a test holds both equal.

In a form, `{date}` is when the quoted mail was written, `{who}` its sender's name and address, `{device}` a product.
"""
