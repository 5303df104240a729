package dev.foretoken.registry;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.name.Reference;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** A process that imports models and points an alias at them, or that ends without any clean-up in the middle of an import. */
final class ImportingProcess {
    static final int KILLED = 9;

    private ImportingProcess() {}

    /** Arguments: the folder; {@code write} or {@code die}; a name; how many imports, or after how many signs of progress to die. */
    public static void main(String[] args) {
        Path folder = Path.of(args[0]);
        int number = Integer.parseInt(args[3]);
        try (Registry registry = Registry.open(RegistryConfig.at(folder.resolve("home")))) {
            if (args[1].equals("die")) {
                dieWhileImporting(registry, folder.resolve(args[2]), number);
            } else {
                write(registry, folder, args[2], number);
            }
        }
    }

    private static void write(Registry registry, Path folder, String name, int count) {
        for (int i = 0; i < count; i++) {
            String text = name + " " + i;
            Path source = RegistryFixture.model(folder.resolve(name + i), text);
            Reference target = new Reference.Exact(
                    RegistryFixture.take(registry, "toy", source).ref());
            registry.setAlias("toy", "prod", target, text);
        }
    }

    private static void dieWhileImporting(Registry registry, Path source, int updates) {
        AtomicInteger left = new AtomicInteger(updates);
        LoadProgress deadly = (stage, done, total) -> {
            if (left.decrementAndGet() == 0) {
                Runtime.getRuntime().halt(KILLED);
            }
        };
        RegistryFixture.take(registry, "toy", RegistryFixture.model(source, "half 0"), deadly);
    }
}
