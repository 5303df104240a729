package dev.foretoken.gateway.encode;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSize;
import dev.foretoken.gateway.tensor.ElementReader;
import java.util.ArrayList;
import java.util.List;

/** Takes a run's output apart into what each of its inputs gets. */
final class OutputRows {

    private OutputRows() {}

    /** @throws ForetokenException RUNTIME_FAILED for an output that is not fp32 with so many rows */
    static List<float[]> of(Tensor output, int rows) {
        if (output.type() != ElementType.FP32
                || output.shape().isEmpty()
                || output.shape().getFirst() != rows
                || TensorSize.misfit(output).isPresent()) {
            throw new ForetokenException(
                    ErrorCode.RUNTIME_FAILED,
                    "output '" + output.name() + "' is " + output.type() + " " + output.shape()
                            + ", expected FP32 with " + rows + " rows");
        }
        ElementReader reader = new ElementReader(output);
        List<float[]> out = new ArrayList<>(rows);
        for (int row = 0; row < rows; row++) {
            float[] numbers = new float[(int) (TensorSize.elements(output.shape()) / rows)];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = reader.real();
            }
            out.add(numbers);
        }
        return out;
    }
}
