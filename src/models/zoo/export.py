"""How modules become graphs, and tensors files."""

import io

import numpy as np
import onnx
import torch

OPSET, IR_VERSION, TOLERANCE = 17, 8, 5e-5
TYPES = {"float32": "FP32", "int64": "INT64"}


def exported(module, inputs, outputs, axes):
    """The graph of a module, as bytes. `axes`: names of dynamic dimensions by tensor and number."""
    file = io.BytesIO()
    torch.onnx.export(module, tuple(inputs.values()), file, input_names=list(inputs), output_names=outputs,
                      opset_version=OPSET, dynamic_axes=axes, dynamo=False)
    model = onnx.load_from_string(file.getvalue())
    model.ir_version = IR_VERSION
    shorten(model.graph)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def shorten(graph):
    """Numbers in place of the long names that tracing gives to what is inside: they are a third of a small file. Graphs with graphs inside keep theirs."""
    if any(attribute.HasField("g") for node in graph.node for attribute in node.attribute):
        return
    kept = {port.name for port in [*graph.input, *graph.output]}
    short = {"": ""}
    rename = lambda name: name if name in kept else short.setdefault(name, str(len(short)))
    for weight in graph.initializer:
        weight.name = rename(weight.name)
    for node in graph.node:
        node.name = node.doc_string = ""
        del node.metadata_props[:]
        node.input[:] = [rename(name) for name in node.input]
        node.output[:] = [rename(name) for name in node.output]
    del graph.value_info[:]


def off(got, want):
    return float(np.abs(got - want).max() / max(np.abs(want).max(), 1e-9))


def written(path, groups):
    """Writes tensors one behind the other; of each group, its tensors with type, shape and offset."""
    at, listed = 0, []
    with open(path, "wb") as data:
        for tensors in groups:
            listed.append([])
            for name, value in tensors.items():
                raw = np.ascontiguousarray(value).tobytes()
                listed[-1].append({"name": name, "type": TYPES[str(value.dtype)], "shape": list(value.shape), "offset": at})
                at += len(raw)
                data.write(raw)
    return listed
