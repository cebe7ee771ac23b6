"""A client that adds a number of its own to each weight."""
from flwr.app import ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

app = ClientApp()


@app.train()
def train(msg: Message, context: Context) -> Message:
    add = float(context.node_config["add"])
    weight = int(context.node_config["examples"])
    arrays = [a + add for a in msg.content["arrays"].to_numpy_ndarrays()]
    content = RecordDict({
        "arrays": ArrayRecord(numpy_ndarrays=arrays),
        "metrics": MetricRecord({"num-examples": weight}),
    })
    return Message(content=content, reply_to=msg)
