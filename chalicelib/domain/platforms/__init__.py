"""What shop platforms send, in our words. Each module reads one platform's bodies; `told.py` is what they come to."""
