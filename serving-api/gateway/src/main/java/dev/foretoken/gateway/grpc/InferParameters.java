package dev.foretoken.gateway.grpc;

import dev.foretoken.wire.inference.InferParameter;
import java.util.HashMap;
import java.util.Map;

/** Parameters of an inference as plain values. */
final class InferParameters {

    private InferParameters() {}

    static Map<String, Object> read(Map<String, InferParameter> parameters) {
        Map<String, Object> out = new HashMap<>();
        parameters.forEach((name, parameter) -> {
            switch (parameter.getParameterChoiceCase()) {
                case BOOL_PARAM -> out.put(name, parameter.getBoolParam());
                case INT64_PARAM -> out.put(name, parameter.getInt64Param());
                case STRING_PARAM -> out.put(name, parameter.getStringParam());
                case DOUBLE_PARAM -> out.put(name, parameter.getDoubleParam());
                // Of a number of 64 bits its bits are what matters: ids are compared, not added.
                case UINT64_PARAM -> out.put(name, parameter.getUint64Param());
                case PARAMETERCHOICE_NOT_SET -> {}
            }
        });
        return out;
    }
}
