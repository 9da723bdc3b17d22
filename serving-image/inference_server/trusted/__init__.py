"""Models that scikit-learn or their author's own code predicts: in a child process without network."""
