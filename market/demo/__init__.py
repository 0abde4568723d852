"""Demo: a cast of every role, and orders in every state brought there by the trade's own actions; trials use it too."""
