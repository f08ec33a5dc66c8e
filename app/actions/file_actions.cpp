// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/actions/file_actions.h"

#include "app/document/study_document.h"
#include "app/settings/app_settings.h"

#include <QDir>
#include <QFileInfo>

namespace dispersa {

SaveAction::SaveAction(StudyDocument& document, StudyFiles& files, QObject* parent) : QAction(tr("&Save"), parent)
{
    setObjectName(QStringLiteral("save_study"));
    setShortcut(QKeySequence::Save);
    connect(this, &QAction::triggered, &files, [&files] { files.save(); });
    connect(&document, &StudyDocument::fileChanged, this, [this, &document] { refresh(document); });
    refresh(document);
}

void SaveAction::refresh(StudyDocument& document)
{
    setEnabled(document.isModified());
}

RecentStudiesMenu::RecentStudiesMenu(StudyFiles& files, QWidget* parent)
    : QMenu(tr("&Recent studies"), parent), m_files(files)
{
    setObjectName(QStringLiteral("recent_studies"));
    setToolTipsVisible(true);
    connect(&files, &StudyFiles::recentStudiesChanged, this, &RecentStudiesMenu::refresh);
    refresh();
}

void RecentStudiesMenu::refresh()
{
    clear();
    const QStringList recent = AppSettings::load().recentStudies;
    for (int i = 0; i < recent.size(); ++i) {
        const QFileInfo file(recent[i]);
        QAction* action = addAction(QStringLiteral("&%1  %2").arg(i + 1).arg(file.completeBaseName()), &m_files,
                                    [this, path = recent[i]] { m_files.openStudyFile(path); });
        action->setToolTip(QDir::toNativeSeparators(recent[i]));
    }
    if (recent.isEmpty())
        addAction(tr("No study was opened yet"))->setEnabled(false);
}

} // namespace dispersa
