// SPDX-License-Identifier: GPL-3.0-or-later
// The documentation of the formats is what the registry says, and the file dialogs offer what it reads.
#include "core/io/format_table.h"

#include <QTest>

#include <algorithm>
#include <fstream>
#include <iterator>

using namespace dispersa;

class TestFormatTable : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void theDocumentationIsUpToDate()
    {
        std::ifstream file(DISPERSA_SOURCE_DIR "/docs/FORMATS.md", std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        QVERIFY2(text == formatsAsMarkdown(),
                 "docs/FORMATS.md differs from the registry; renew it: dispersa-cli formats --markdown > docs/FORMATS.md");
    }

    void everyFormatHasARowOfTheSameCells()
    {
        const QStringList lines = QString::fromStdString(formatsAsMarkdown()).split('\n', Qt::SkipEmptyParts);
        QStringList table;
        for (const QString& line : lines)
            if (line.startsWith('|'))
                table << line;
        QCOMPARE(table.size(), qsizetype(formats().size() + 2));
        for (QString line : table)
            QCOMPARE(line.remove("\\|").count('|'), qsizetype(11));
        for (const Format* format : formats()) {
            const auto title = QString::fromStdString(format->traits().title);
            QVERIFY(QString::fromStdString(formatsAsText()).contains(title));
            QVERIFY(!format->traits().note.empty());
        }
    }

    void filtersFollowTheRegistry()
    {
        const auto every = [](const FormatTraits&) { return true; };
        const auto filters = fileFilters("All of them", every);
        QCOMPARE(filters.front().title, std::string("All of them"));
        const auto& all = filters.front().patterns;
        for (const Format* format : formats())
            for (const std::string& extension : format->traits().extensions)
                QCOMPARE(std::count(all.begin(), all.end(), "*." + extension), 1);
        const auto maps = fileFilters("Maps", [](const FormatTraits& traits) { return traits.readsMaps; });
        for (const FileFilter& filter : maps)
            QVERIFY(!filter.patterns.empty());
        QCOMPARE(fileFilters("None", [](const FormatTraits&) { return false; }).size(), std::size_t(1));
    }

    void listsNameFormatsAndExtensions()
    {
        const std::string scans = formatList([](const FormatTraits& traits) { return traits.readsDiffraction; });
        QVERIFY(scans.find("MRC 2014 (.mrc") != std::string::npos);
        QVERIFY(scans.find("TIFF") == std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestFormatTable)
#include "tst_format_table.moc"
