package dev.foretoken.e2e.structure;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;

/** The compiled main classes of every module, read once for all tests of a process. */
final class ProductClasses {

    static final JavaClasses ALL = new ClassFileImporter().importPaths(SourceTree.classFolders());

    private ProductClasses() {}
}
