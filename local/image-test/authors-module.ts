// Code of an author's own: it doubles, and says whether it could open a socket.

export const AUTHORS_MODULE = `
import socket
import numpy as np

class Doubler:
    n_features_in_ = 1

    def predict(self, rows):
        try:
            socket.socket()
        except PermissionError:
            return 2 * rows[:, 0]
        return np.full(len(rows), -1.0)
`;
