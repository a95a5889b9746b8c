"""The rules by which the nightly job finds what customers say: keywords, topics' identities, associations, events."""
