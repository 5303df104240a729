package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.registry.recipe.RecipeFields;
import java.util.List;

/** Makes an operation of the fields of a recipe. */
final class OperationReader {

    private static final List<String> NAMES = List.of(Drop.NAME, Share.NAME, KvMap.NAME, Loop.NAME, Width.NAME);

    private OperationReader() {}

    static Operation read(RecipeFields fields) {
        String name = fields.text("op");
        Operation operation = switch (name) {
            case Drop.NAME -> Drop.read(fields);
            case Share.NAME -> Share.read(fields);
            case KvMap.NAME -> KvMap.read(fields);
            case Loop.NAME -> Loop.read(fields);
            case Width.NAME -> Width.read(fields);
            default -> throw fields.wrong("op", name, "one of " + String.join(", ", NAMES));
        };
        fields.requireNoOthers();
        return operation;
    }
}
