package dev.foretoken.app.command.models;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.runtime.BuildMethod;
import dev.foretoken.contract.runtime.BuildParameter;
import dev.foretoken.gateway.registry.JobJson;
import dev.foretoken.gateway.registry.RegistryJson;
import java.io.PrintStream;
import java.util.List;

/** The build methods for people. */
final class MethodText {

    private MethodText() {}

    static JsonNode json(List<BuildMethod> methods) {
        return RegistryJson.list("methods", methods, JobJson::method);
    }

    static void print(List<BuildMethod> methods, PrintStream out) {
        for (BuildMethod method : methods) {
            out.println(method.name() + (method.needsCalibration() ? "  (needs --calibration)" : ""));
            out.println("    " + method.does());
            method.parameters().forEach(parameter -> out.println("    " + line(parameter)));
        }
        out.println();
        out.println("short names: ");
        for (Preset preset : Preset.values()) {
            out.println("    " + preset.text() + " = " + preset.method() + " " + Wording.pairs(preset.parameters()));
        }
    }

    private static String line(BuildParameter parameter) {
        String choices = parameter.choices().isEmpty() ? "" : " (" + String.join(", ", parameter.choices()) + ")";
        String fallback = parameter.fallback().isEmpty() ? "" : "; default " + parameter.fallback();
        return "  " + parameter.name() + ": " + parameter.does() + choices + fallback;
    }
}
