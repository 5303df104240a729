package dev.foretoken.contract.runtime;

import java.util.List;

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
}
