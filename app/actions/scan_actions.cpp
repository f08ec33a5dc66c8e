// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/actions/scan_actions.h"

#include <algorithm>
#include <utility>

namespace dispersa {

RoleAction::RoleAction(StudyDocument& document, ScanRole role, ChosenScans chosen, QObject* parent)
    : QAction(parent), m_document(document), m_role(role), m_chosen(std::move(chosen))
{
    switch (role) {
    case ScanRole::Train:
        setText(tr("&Train on the chosen scans"));
        setShortcut(Qt::Key_T);
        break;
    case ScanRole::Predict:
        setText(tr("&Predict the chosen scans"));
        setShortcut(Qt::Key_P);
        break;
    case ScanRole::Ignore:
        setText(tr("&Ignore the chosen scans"));
        setShortcut(Qt::Key_I);
        break;
    }
    setObjectName(QStringLiteral("role_") + QString::fromLatin1(scanRoleName(role)));
    setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(this, &QAction::triggered, this, [this] { m_document.setRoles(m_chosen(), m_role); });
    connect(&document, &StudyDocument::changed, this, &RoleAction::refresh);
    refresh();
}

void RoleAction::refresh()
{
    const auto names = m_chosen();
    setEnabled(std::any_of(names.begin(), names.end(), [this](const std::string& name) {
        const StudyScan* scan = m_document.study().scan(name);
        return scan && scan->role != m_role;
    }));
}

RemoveScansAction::RemoveScansAction(StudyDocument& document, ChosenScans chosen, QObject* parent)
    : QAction(tr("&Remove from the study"), parent), m_document(document), m_chosen(std::move(chosen))
{
    setObjectName(QStringLiteral("remove_scans"));
    setShortcut(QKeySequence::Delete);
    setShortcutContext(Qt::WidgetWithChildrenShortcut);
    setToolTip(tr("Take the chosen scans out of the study; the files stay where they are"));
    connect(this, &QAction::triggered, this, [this] { m_document.removeScans(m_chosen()); });
    connect(&document, &StudyDocument::changed, this, &RemoveScansAction::refresh);
    refresh();
}

void RemoveScansAction::refresh()
{
    setEnabled(!m_chosen().empty());
}

} // namespace dispersa
