"""Collects the nodes and weights of one ONNX graph, every name chosen by the caller."""

import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

IR_VERSION = 10
OPSET = 21
FLOAT, INT32, INT64 = TensorProto.FLOAT, TensorProto.INT32, TensorProto.INT64
FLOAT16, BFLOAT16 = TensorProto.FLOAT16, TensorProto.BFLOAT16


class GraphBuilder:
    """A graph under construction. `op` returns the name of a node's first output."""

    def __init__(self, prefix=""):
        """`prefix` keeps the names of a subgraph apart from those of the graph around it."""
        self.prefix = prefix
        self.nodes, self.weights, self.inputs, self.outputs = [], {}, [], []
        self.opsets = {"": OPSET, "com.microsoft": 1}

    def input(self, name, element, shape):
        self.inputs.append(helper.make_tensor_value_info(name, element, shape))
        return name

    def output(self, name, element, shape):
        self.outputs.append(helper.make_tensor_value_info(name, element, shape))
        return name

    def weight(self, name, array):
        if name not in self.weights:
            self.weights[name] = np.ascontiguousarray(array)
        return name

    def ints(self, *values):
        return self.weight(self.prefix + "ints_" + "_".join(map(str, values)), np.array(values, np.int64))

    def scalar(self, value):
        return self.weight(f"{self.prefix}scalar_{value}", np.array(value, np.int64))

    def real(self, value):
        return self.weight(f"{self.prefix}real_{value}", np.array(value, np.float32))

    def op(self, kind, inputs, out=None, outputs=None, domain="", **attributes):
        name = out or f"{self.prefix}{kind}_{len(self.nodes)}"
        names = outputs or [name]
        self.nodes.append(
            helper.make_node(kind, inputs, names, name=f"/{names[0].lstrip(chr(47))}/{kind}", domain=domain, **attributes))
        return names[0]

    def model(self, name, tensors=None):
        if tensors is None:
            tensors = [numpy_helper.from_array(array, key) for key, array in self.weights.items()]
        graph = helper.make_graph(self.nodes, name, self.inputs, self.outputs, tensors)
        opsets = [helper.make_opsetid(domain, version) for domain, version in self.opsets.items()]
        return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="foretoken")

    def save(self, path, external=False):
        """Writes the graph; with `external` the weights stream to `<file>.data` beside it, as model builders do."""
        os.makedirs(os.path.dirname(path), exist_ok=True)
        tensors = None
        if external:
            with open(path + ".data", "wb") as data:
                tensors = [_outside(key, array, data) for key, array in self.weights.items()]
        onnx.save(self.model("main_graph", tensors), path)


def _outside(key, array, data):
    """Appends an array to the data file, on a page of its own when it is large, and tells where it lies."""
    if array.nbytes < 1024:
        return numpy_helper.from_array(array, key)
    data.write(b"\0" * (-data.tell() % 4096))
    tensor = TensorProto(name=key, data_type=helper.np_dtype_to_tensor_dtype(array.dtype), dims=array.shape,
                         data_location=TensorProto.EXTERNAL)
    for field, value in (("location", os.path.basename(data.name)), ("offset", data.tell()), ("length", array.nbytes)):
        tensor.external_data.add(key=field, value=str(value))
    array.tofile(data)
    return tensor
