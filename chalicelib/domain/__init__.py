"""The rules of after-sales service: pure, without AWS, I/O or a clock of their own."""
