"""Three rounds of FedAvg, starting at zero."""
import numpy as np
from flwr.app import ArrayRecord, Context
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg

app = ServerApp()


@app.main()
def main(grid: Grid, context: Context) -> None:
    strategy = FedAvg(fraction_evaluate=0.0, min_train_nodes=2, min_available_nodes=2)
    start = ArrayRecord(numpy_ndarrays=[np.zeros(3)])
    result = strategy.start(grid=grid, initial_arrays=start, num_rounds=int(context.run_config["rounds"]))
    print("RESULT", result.arrays.to_numpy_ndarrays()[0].tolist())
