"""Whether the server computes what the author's library computes, on rows where a difference would show."""
