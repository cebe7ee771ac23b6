"""A client that adds the number of its partition, with Laplace noise of scale 1/privacy-budget."""
import numpy as np
from flwr.app import ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

app = ClientApp()


@app.train()
def train(msg: Message, context: Context) -> Message:
    config = context.node_config
    partition = int(config["partition-id"])
    noise = np.random.default_rng(partition).laplace(0, 1 / float(config["privacy-budget"]), 3)
    arrays = [a + partition + noise for a in msg.content["arrays"].to_numpy_ndarrays()]
    content = RecordDict({
        "arrays": ArrayRecord(numpy_ndarrays=arrays),
        "metrics": MetricRecord({"num-examples": 1}),
    })
    return Message(content=content, reply_to=msg)
