package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Activation;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.VectorRef;

/** Where the experts of a layer of gpt-oss lie: each map is one tensor of all experts, and so is its bias. */
record GptOssExperts(String layer, ExpertNames.Size size) {

    /** Floats are stored [experts, inputs, outputs], MXFP4 [experts, outputs, inputs]. Gate and up are even and odd outputs. */
    Mlp huggingFace(int expert, boolean encoded) {
        String name = layer + "mlp.experts.";
        int inner = size.inner();
        Linear both = new Linear(
                map(name + "gate_up_proj", expert, 2 * inner, size.hidden(), encoded),
                bias(name + "gate_up_proj_bias", expert, 2 * inner));
        Linear down = new Linear(
                map(name + "down_proj", expert, size.hidden(), inner, encoded),
                bias(name + "down_proj_bias", expert, size.hidden()));
        return new Mlp(everySecond(both, 0), everySecond(both, 1), down, Activation.CLAMPED_SWIGLU);
    }

    Mlp gguf(int expert) {
        int inner = size.inner();
        return new Mlp(
                new Linear(
                        size.inSlice(layer + "ffn_gate_exps.weight", expert),
                        bias(layer + "ffn_gate_exps.bias", expert, inner)),
                new Linear(
                        size.inSlice(layer + "ffn_up_exps.weight", expert),
                        bias(layer + "ffn_up_exps.bias", expert, inner)),
                new Linear(
                        size.outSlice(layer + "ffn_down_exps.weight", expert),
                        bias(layer + "ffn_down_exps.bias", expert, size.hidden())),
                Activation.CLAMPED_SWIGLU);
    }

    private MatrixRef map(String tensor, int expert, int outputs, int inputs, boolean encoded) {
        return encoded
                ? MatrixRef.slice(tensor, size.count(), expert, outputs, inputs)
                : MatrixRef.slice(tensor, size.count(), expert, inputs, outputs).transposed();
    }

    private VectorRef bias(String tensor, int expert, int outputs) {
        return VectorRef.all(tensor, size.count(), outputs).slice(expert * outputs, outputs);
    }

    private Linear everySecond(Linear both, int first) {
        return new Linear(
                both.matrix().rows(first, 2, size.inner()), both.bias().slice(first, 2, size.inner()));
    }
}
