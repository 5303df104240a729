package dev.foretoken.app.command.models;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.app.config.RegistryOptions;
import dev.foretoken.gateway.registry.RegistryJson;
import dev.foretoken.registry.Registry;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every command about the registry has: where it is, and whether a person or a program reads. */
final class RegistryMixin {

    @Mixin
    private RegistryOptions options = new RegistryOptions();

    @Option(names = "--json", description = "As JSON, with the fields of the HTTP interface.")
    private boolean json;

    Registry open() {
        return Registry.open(options.config(System.getenv()));
    }

    /** The registry's folder on this machine. */
    Path home() {
        return options.config(System.getenv()).home();
    }

    /** Writes one of both to standard output. */
    void print(Supplier<JsonNode> forPrograms, Consumer<PrintStream> forPeople) {
        if (json) {
            System.out.println(RegistryJson.pretty(forPrograms.get()));
        } else {
            forPeople.accept(System.out);
        }
    }
}
