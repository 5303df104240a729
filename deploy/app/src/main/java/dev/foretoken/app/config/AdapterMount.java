package dev.foretoken.app.config;

import static dev.foretoken.contract.ConfigCheck.require;

import java.nio.file.Path;

/**
 * A LoRA adapter that is there from the start: {@code MODEL:NAME=PATH} on the command line.
 *
 * @param model name of the model it is of
 * @param name callers say {@code model:name}
 * @param path folder as PEFT writes it
 */
public record AdapterMount(String model, String name, Path path) {
    public static AdapterMount parse(String text) {
        int equals = text.indexOf('=');
        int colon = equals < 0 ? -1 : text.lastIndexOf(':', equals);
        require(colon > 0 && colon + 1 < equals && equals + 1 < text.length(), "adapter", text, "MODEL:NAME=PATH");
        return new AdapterMount(
                text.substring(0, colon), text.substring(colon + 1, equals), Path.of(text.substring(equals + 1)));
    }

    @Override
    public String toString() {
        return model + ":" + name + "=" + path;
    }
}
