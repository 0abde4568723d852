"""Market: the trade: institutions, parks, orders, policies, statistics, and the database."""
