package dev.foretoken.contract.runtime;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A way to make a variant.
 *
 * @param name lower case with dashes, as people type it
 * @param does one sentence without a full stop
 * @param needsCalibration whether {@link BuildOrder#calibration} must hold token sequences
 */
public record BuildMethod(String name, String does, List<BuildParameter> parameters, boolean needsCalibration) {

    public BuildMethod {
        parameters = List.copyOf(parameters);
    }

    /** @throws ForetokenException INVALID_REQUEST, naming the parameters there are */
    public BuildParameter requireParameter(String parameter) {
        return parameters.stream()
                .filter(each -> each.name().equals(parameter))
                .findFirst()
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.INVALID_REQUEST,
                        name + " has no parameter '" + parameter + "'; it has "
                                + parameters.stream().map(BuildParameter::name).collect(Collectors.joining(", "))));
    }

    /** @throws ForetokenException INVALID_REQUEST for no parameter, or for none of the few values that it may have */
    public void requireValue(String parameter, String value) {
        List<String> choices = requireParameter(parameter).choices();
        if (!choices.isEmpty() && !choices.contains(value)) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST,
                    name + ": " + parameter + "=" + value + ", must be " + String.join(" or ", choices));
        }
    }
}
