"""Geography: coordinates, districts, clusters, colours and the drawn map of one city; knows nothing of the trade."""
