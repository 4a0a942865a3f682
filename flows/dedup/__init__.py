"""Tonight against tonight and against history: candidates, verified pairs, and the clusters that they touch."""
