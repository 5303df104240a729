package dev.foretoken.e2e.operation;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.util.List;

/**
 * Every HTTP route that the code of the product declares, found in its classes, so that a new one cannot be forgotten. They are in the two
 * modules that may know the web framework, which the tests of structure hold all others to.
 */
record HttpRoute(String method, String path) {

    static List<HttpRoute> all() {
        return new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("dev.foretoken.gateway", "dev.foretoken.app")
                        .stream()
                        .flatMap(type -> type.getMethods().stream())
                        .filter(method -> method.isMetaAnnotatedWith(HttpMethod.class))
                        .map(HttpRoute::of)
                        .toList();
    }

    private static HttpRoute of(JavaMethod method) {
        String verb = method.getAnnotations().stream()
                .filter(annotation -> annotation.getRawType().isAnnotatedWith(HttpMethod.class))
                .map(annotation -> annotation
                        .getRawType()
                        .getAnnotationOfType(HttpMethod.class)
                        .value())
                .findFirst()
                .orElseThrow();
        String path = path(method.getOwner())
                + "/"
                + (method.isAnnotatedWith(Path.class)
                        ? method.getAnnotationOfType(Path.class).value()
                        : "");
        return new HttpRoute(verb, example(path));
    }

    private static String path(JavaClass owner) {
        return owner.isAnnotatedWith(Path.class)
                ? owner.getAnnotationOfType(Path.class).value()
                : "";
    }

    /** A path that the template matches. */
    private static String example(String template) {
        String path = ("/" + template).replaceAll("\\{[^}]*}", "x").replaceAll("/+", "/");
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    @Override
    public String toString() {
        return method + " " + path;
    }
}
