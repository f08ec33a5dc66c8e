// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/scans/start_panel.h"

#include "app/actions/study_files.h"

#include <QCommandLinkButton>
#include <QIcon>
#include <QLabel>
#include <QVBoxLayout>

namespace dispersa {
namespace {

constexpr int choiceWidth_px = 500;
constexpr int choiceHeight_px = 76;

QCommandLinkButton* makeChoice(const QString& name, const QString& icon, const QString& text,
                               const QString& description, QWidget* parent)
{
    auto* choice = new QCommandLinkButton(text, description, parent);
    choice->setObjectName(name);
    choice->setAccessibleName(text);
    choice->setAccessibleDescription(description);
    choice->setIcon(QIcon(QStringLiteral(":/icons/") + icon));
    choice->setIconSize({40, 40});
    choice->setMinimumWidth(choiceWidth_px);
    choice->setMaximumWidth(choiceWidth_px);
    choice->setMinimumHeight(choiceHeight_px);
    return choice;
}

} // namespace

StartPanel::StartPanel(StudyFiles& files, QWidget* parent) : QWidget(parent)
{
    auto* title = new QLabel(tr("Element maps from 4D-STEM diffraction patterns"), this);
    QFont font = title->font();
    font.setPointSizeF(font.pointSizeF() * 1.6);
    title->setFont(font);
    auto* hint = new QLabel(tr("Scans, maps, folders and studies can also be dropped anywhere on this window."), this);
    hint->setForegroundRole(QPalette::PlaceholderText);

    auto* scans =
        makeChoice(QStringLiteral("choice_open_scans"), QStringLiteral("open-scans.svg"), tr("Open scans"),
                   tr("Choose 4D-STEM files together with their EDS maps and HAADF; maps are matched by name."), this);
    auto* study = makeChoice(QStringLiteral("choice_open_study"), QStringLiteral("open-study.svg"), tr("Open a study"),
                             tr("Go on with a study that was saved before (*.dispersa)."), this);
    auto* example = makeChoice(QStringLiteral("choice_example"), QStringLiteral("example.svg"), tr("Try the example"),
                               tr("Write a small simulated study to a folder and open it."), this);
    connect(scans, &QCommandLinkButton::clicked, &files, &StudyFiles::openScans);
    connect(study, &QCommandLinkButton::clicked, &files, &StudyFiles::openStudy);
    connect(example, &QCommandLinkButton::clicked, &files, &StudyFiles::tryExample);

    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(12);
    layout->addStretch(2);
    layout->addWidget(title, 0, Qt::AlignHCenter);
    layout->addSpacing(16);
    layout->addWidget(scans, 0, Qt::AlignHCenter);
    layout->addWidget(study, 0, Qt::AlignHCenter);
    layout->addWidget(example, 0, Qt::AlignHCenter);
    layout->addSpacing(16);
    layout->addWidget(hint, 0, Qt::AlignHCenter);
    layout->addStretch(3);
}

} // namespace dispersa
