package dev.foretoken.registry.name;

/**
 * What a person writes to mean a variant: {@code toy} (newest version, as imported), {@code toy:prod} (an alias), {@code toy@3} (version 3,
 * as imported), {@code toy@3/q4} (that variant) or {@code toy@3/auto}.
 */
public sealed interface Reference {
    String model();

    /** Reads one reference; a text that is none is refused with a sentence that says where it stops being one. */
    static Reference parse(String text) {
        return ReferenceParser.parse(text);
    }

    /** The newest version's imported variant. */
    record Newest(String model) implements Reference {
        public Newest {
            Names.require("model", model);
        }

        @Override
        public String toString() {
            return model;
        }
    }

    /** Whatever the alias points at. */
    record Alias(String model, String alias) implements Reference {
        public Alias {
            Names.require("model", model);
            Names.require("alias", alias);
        }

        @Override
        public String toString() {
            return model + ":" + alias;
        }
    }

    /** A version's imported variant. */
    record AtVersion(String model, int version) implements Reference {
        public AtVersion {
            VariantRef.base(model, version);
        }

        @Override
        public String toString() {
            return model + "@" + version;
        }
    }

    /** One variant, or {@code auto}. */
    record Exact(VariantRef ref) implements Reference {
        @Override
        public String model() {
            return ref.model();
        }

        @Override
        public String toString() {
            return ref.toString();
        }
    }
}
