// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/journey.h"

#include "app/document/study_document.h"

#include <QAbstractButton>
#include <QApplication>
#include <QSettings>
#include <QStandardPaths>
#include <QTest>

#include <algorithm>

namespace dispersa::test {

void Journey::openWindow(const QString& name, QSize size)
{
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName("dispersa-test");
    QCoreApplication::setApplicationName(name);
    QSettings().clear();
    QVERIFY(m_folder.isValid());
    m_window = std::make_unique<MainWindow>();
    m_window->resize(size);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    activate();
}

void Journey::openStudy(const std::filesystem::path& file)
{
    m_window->openPaths({QString::fromStdString(file.string())});
    QTRY_VERIFY_WITH_TIMEOUT(document().opened("0033") && document().opened("0037"), 20000);
}

void Journey::activate()
{
    QApplication::setActiveWindow(m_window.get());
}

void Journey::click(const QString& name)
{
    auto* button = find<QAbstractButton>(name);
    QTest::mouseClick(button, Qt::LeftButton, {}, {std::min(10, button->width() / 2), button->height() / 2});
}

void Journey::go(const QString& step)
{
    QTest::mouseClick(find<QWidget>(step), Qt::LeftButton);
    QTest::qWait(50);
}

void Journey::picture(const QString& name, QWidget* of)
{
    QTest::qWait(100); // until what was asked for is drawn
    QVERIFY((of ? of : m_window.get())->grab().save(name + ".png"));
}

} // namespace dispersa::test
