"""The closed lists of the domain. `docs/glossary.md` explains each word in English and Chinese."""

from typing import Literal

CaseType = Literal["question", "order_issue", "return", "exchange", "repair", "refund", "complaint", "review"]
Channel = Literal["web", "chat", "email", "phone", "social", "review", "store", "third_party", "api"]
Priority = Literal["low", "normal", "high", "urgent"]
Status = Literal["new", "open", "waiting_customer", "waiting_internal", "resolved", "closed"]
Source = Literal["standard", "shopify", "woocommerce"]
Origin = Literal["standard", "shopify", "woocommerce", "mail"]
"""Where a receipt comes from: a source of webhooks, or an inbound email."""

STATUSES: tuple[Status, ...] = ("new", "open", "waiting_customer", "waiting_internal", "resolved", "closed")
PRIORITIES: tuple[Priority, ...] = ("low", "normal", "high", "urgent")
SOURCES: tuple[Source, ...] = ("standard", "shopify", "woocommerce")
TOP_TIER = 3
