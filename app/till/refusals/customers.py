"""Customers, credit, purse."""

from __future__ import annotations

from app.text import mark

SENTENCES: dict[str, str] = {
    "bad_customer_no": mark("{no} is no customer number: up to 20 letters, digits, dots and dashes."),
    "unknown_customer": mark("No till knows a customer {no}."),
    "customer_forgotten": mark("Customer {no} has been forgotten; take another number."),
    "customer_blocked": mark("Customer {no} is blocked."),
    "customer_has_paid": mark("Customer {no} has paid a part; take that payment back first."),
    "customer_needed": mark("{tender} needs a customer; choose one first."),
    "customer_no_taken": mark("The next customer numbers are taken ({no}); type one."),
    "customer_name_missing": mark("A customer needs a name."),
    "bad_customer_field": mark("{field}: at most {limit} characters that can be printed."),
    "unknown_customer_group": mark("There is no customer group {customer_group}."),
    "persons_locked": mark("This till cannot read or write personal data: it has no keys."),
    "customer_on_sale": mark("Customer {no} is on the open sale; finish that first."),
    "customer_owes": mark("Customer {no} has an open credit of {amount}; settle it first."),
    "customer_has_purse": mark("Customer {no} has {amount} in the purse; use it up first."),
    "credit_limit": mark("Credit limit of customer {no} reached; only {amount} is left."),
    "credit_busy": mark("Another till is using the credit of {no}; try again in a moment."),
    "credit_unconfirmed": mark("Not every till could confirm the credit of {no}; try later."),
    "nothing_owed": mark("Customer {no} owes nothing."),
    "more_than_credit": mark("Customer {no} owes {amount} only."),
    "purse_empty": mark("{tender} of customer {no} is empty."),
    "purse_balance": mark("{tender} of customer {no} holds {balance} only."),
    "purse_busy": mark("Another till is using the purse of {no}; try again in a moment."),
    "purse_unconfirmed": mark("Not every till could confirm the purse of {no}; try later."),
}
