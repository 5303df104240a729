package dev.foretoken.gateway.fake;

import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.EngineSet;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.text.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Models of tests: a real tokenizer in front of a fake engine. */
public final class Models {

    private Models() {}

    public static Path byteLevelDirectory() {
        return Path.of(System.getProperty("foretoken.root"), "src/models/conformance/tokenizers/byte-level");
    }

    public static Tokenizer byteLevelTokenizer() {
        return Tokenizer.load(byteLevelDirectory());
    }

    public static ServedModel withText(String name, Tokenizer tokenizer, FakeEngine engine) {
        return withText(name, tokenizer, EngineSet.of(List.of(new EngineEndpoint("local", engine))));
    }

    /** With a template that writes {@code <role>content} per message. */
    public static ServedModel withText(String name, Tokenizer tokenizer, EngineSet engines) {
        return ServedModel.withText(
                name,
                tokenizer,
                Optional.of(input -> {
                    StringBuilder text = new StringBuilder();
                    input.messages()
                            .forEach(m -> text.append('<')
                                    .append(m.get("role"))
                                    .append('>')
                                    .append(m.get("content")));
                    return text.append("<assistant>").toString();
                }),
                engines);
    }

    public static ServedModel tokensOnly(String name, FakeEngine engine) {
        return new ServedModel(
                name, Optional.empty(), Optional.empty(), TokenIds.EMPTY, List.of(new EngineEndpoint("local", engine)));
    }
}
