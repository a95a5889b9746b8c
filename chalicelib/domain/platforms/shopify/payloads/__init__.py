"""The fields of Shopify's webhook bodies that are read. Ids are numbers, prices are decimal strings."""
