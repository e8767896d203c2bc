import ModelFiles
import Testing

@Suite struct StandardModelsTests {
}
