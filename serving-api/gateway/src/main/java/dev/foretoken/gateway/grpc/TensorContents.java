package dev.foretoken.gateway.grpc;

import com.google.protobuf.ByteString;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.gateway.tensor.ElementReader;
import dev.foretoken.gateway.tensor.ElementWriter;
import dev.foretoken.gateway.tensor.TensorMemory;
import dev.foretoken.wire.inference.InferTensorContents;
import dev.foretoken.wire.inference.ModelInferRequest.InferInputTensor;

/** Elements in the list of their type. */
final class TensorContents {

    private TensorContents() {}

    /** @throws ForetokenException INVALID_REQUEST for FP16 and BF16, which have no list, and for elements in another type's list */
    static Tensor read(InferInputTensor input, ElementType type, TensorMemory memory) {
        InferTensorContents from = input.getContents();
        if (!hasList(type)) {
            throw ForetokenException.invalid(
                    input.getName(),
                    "input '" + input.getName() + "' is " + type + ", which only raw_input_contents can hold");
        }
        ElementWriter out = new ElementWriter(input.getName(), type, input.getShapeList(), memory);
        from.getBoolContentsList().forEach(each -> out.put((boolean) each));
        from.getIntContentsList().forEach(each -> out.put((long) each));
        from.getInt64ContentsList().forEach(each -> out.put((long) each));
        from.getUintContentsList().forEach(each -> out.put(Integer.toUnsignedLong(each)));
        from.getUint64ContentsList().forEach(each -> out.putUnsigned(each));
        from.getFp32ContentsList().forEach(each -> out.put((double) each));
        from.getFp64ContentsList().forEach(each -> out.put((double) each));
        from.getBytesContentsList().forEach(each -> out.put(each.toByteArray()));
        return out.finish();
    }

    static boolean hasList(ElementType type) {
        return type != ElementType.FP16 && type != ElementType.BF16;
    }

    static InferTensorContents write(Tensor output) {
        InferTensorContents.Builder out = InferTensorContents.newBuilder();
        ElementReader elements = new ElementReader(output);
        while (elements.hasNext()) {
            switch (output.type()) {
                case BOOL -> out.addBoolContents(elements.integer() != 0);
                case INT8, INT16, INT32 -> out.addIntContents((int) elements.integer());
                case INT64 -> out.addInt64Contents(elements.integer());
                case UINT8, UINT16, UINT32 -> out.addUintContents((int) elements.integer());
                case UINT64 -> out.addUint64Contents(elements.integer());
                case FP32 -> out.addFp32Contents(elements.real());
                case FP64 -> out.addFp64Contents(elements.real64());
                case BYTES -> out.addBytesContents(ByteString.copyFrom(elements.bytes()));
                case FP16, BF16 -> throw new IllegalStateException(output.type() + " has no list");
            }
        }
        return out.build();
    }
}
