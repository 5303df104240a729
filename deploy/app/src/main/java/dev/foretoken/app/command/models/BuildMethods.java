package dev.foretoken.app.command.models;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildMethod;
import java.util.List;
import java.util.stream.Collectors;

/** The ways to build that this installation has. */
final class BuildMethods {

    private BuildMethods() {}

    /** @throws ForetokenException INVALID_REQUEST, naming those there are */
    static BuildMethod require(List<BuildMethod> methods, String name) {
        return methods.stream()
                .filter(method -> method.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.INVALID_REQUEST,
                        "there is no build method '" + name + "'; there are "
                                + methods.stream().map(BuildMethod::name).collect(Collectors.joining(", "))
                                + ", and by short names " + String.join(", ", Preset.names())));
    }
}
