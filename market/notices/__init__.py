"""Notices: one event, one message; inbox, mail, webhooks, saved searches."""
