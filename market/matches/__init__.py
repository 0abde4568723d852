"""What the site keeps about matches: judgements of people, who reads without ranks, measurements, plans, front places."""
