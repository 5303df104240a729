package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.registry.recipe.RecipeFields;

/** Makes an operation of the fields of a recipe. */
final class OperationReader {

    private OperationReader() {}

    static Operation read(RecipeFields fields) {
        String name = fields.text("op");
        Operation operation = switch (name) {
            case Drop.NAME -> Drop.read(fields);
            case Share.NAME -> Share.read(fields);
            default -> throw fields.wrong("op", name, "one of " + String.join(", ", Drop.NAME, Share.NAME));
        };
        fields.requireNoOthers();
        return operation;
    }
}
