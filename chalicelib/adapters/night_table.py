"""x"""
class NightTable:
    def __init__(self, table): self.table=table
