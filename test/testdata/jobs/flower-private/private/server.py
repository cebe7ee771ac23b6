"""FedAvg from zero. It prints how far the mean of the partitions' numbers is from the result."""
import numpy as np
from flwr.app import ArrayRecord, Context
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg

app = ServerApp()


@app.main()
def main(grid: Grid, context: Context) -> None:
    clients, rounds = int(context.run_config["min-available-nodes"]), int(context.run_config["num-server-rounds"])
    strategy = FedAvg(fraction_evaluate=0.0, min_train_nodes=clients, min_available_nodes=clients)
    start = ArrayRecord(numpy_ndarrays=[np.zeros(3)])
    result = strategy.start(grid=grid, initial_arrays=start, num_rounds=rounds)
    want = rounds * (clients - 1) / 2
    error = float(np.abs(result.arrays.to_numpy_ndarrays()[0] - want).max())
    print("CLIENTS", clients, "ROUNDS", rounds, "EXACT" if error < 0.001 else "NOISY")
