// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/message_panel.h"

#include <QHBoxLayout>
#include <QIcon>
#include <QLabel>
#include <QStyle>
#include <QVBoxLayout>

namespace dispersa {
namespace {

constexpr int panelHeight_px = 130;
constexpr int scanRole = Qt::UserRole;
constexpr int fileRole = Qt::UserRole + 1;
constexpr int linkRole = Qt::UserRole + 2;

QStyle::StandardPixmap pixmapOf(MessageKind kind)
{
    switch (kind) {
    case MessageKind::Note:
        return QStyle::SP_MessageBoxInformation;
    case MessageKind::Warning:
        return QStyle::SP_MessageBoxWarning;
    case MessageKind::Error:
        return QStyle::SP_MessageBoxCritical;
    }
    return QStyle::SP_MessageBoxInformation;
}

} // namespace

MessagePanel::MessagePanel(MessageLog& log, QWidget* parent)
    : QWidget(parent), m_log(log), m_list(new QListWidget(this)), m_button(new QToolButton)
{
    setObjectName(QStringLiteral("message_panel"));
    m_list->setObjectName(QStringLiteral("message_list"));
    m_list->setAccessibleName(tr("Messages"));
    m_list->setWordWrap(true);
    m_list->setFixedHeight(panelHeight_px);
    m_list->setAlternatingRowColors(true);
    m_button->setObjectName(QStringLiteral("messages_button"));
    m_button->setCheckable(true);
    m_button->setAutoRaise(true);
    m_button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_button->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_M));

    auto* clear = new QToolButton(this);
    clear->setObjectName(QStringLiteral("clear_messages"));
    clear->setText(tr("Clear"));
    clear->setAccessibleName(tr("Clear the messages"));
    auto* side = new QVBoxLayout;
    side->addWidget(clear);
    side->addStretch();
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(8, 2, 8, 2);
    layout->addWidget(m_list, 1);
    layout->addLayout(side);
    hide();

    connect(m_button, &QToolButton::toggled, this, [this](bool open) {
        setVisible(open);
        if (open)
            m_unseenError = false;
        refreshButton();
    });
    connect(clear, &QToolButton::clicked, &log, &MessageLog::clear);
    connect(m_list, &QListWidget::itemActivated, this, &MessagePanel::jump);
    connect(&log, &MessageLog::added, this, &MessagePanel::add);
    connect(&log, &MessageLog::cleared, this, [this] {
        m_list->clear();
        m_unseenError = false;
        refreshButton();
    });
    connect(&log, &MessageLog::withdrawn, this, &MessagePanel::refill);
    refill();
}

void MessagePanel::refill()
{
    const bool unseenBefore = m_unseenError;
    m_unseenError = false;
    bool anyError = false;
    m_list->clear();
    for (const Message& message : m_log.messages()) {
        add(message);
        anyError = anyError || message.kind == MessageKind::Error;
    }
    m_unseenError = unseenBefore && anyError;
    refreshButton();
}

void MessagePanel::setOpen(bool open)
{
    m_button->setChecked(open);
}

void MessagePanel::add(const Message& message)
{
    auto* item = new QListWidgetItem(style()->standardIcon(pixmapOf(message.kind)),
                                     message.time.toString(QStringLiteral("HH:mm:ss  ")) + message.text);
    QStringList tip;
    if (!message.detail.isEmpty())
        tip << message.detail;
    if (message.link == MessageLink::ScanShape)
        tip << tr("Double click asks for the scan shape of %1.").arg(message.scan);
    else if (!message.scan.isEmpty())
        tip << tr("Double click shows scan %1.").arg(message.scan);
    else if (!message.file.isEmpty())
        tip << tr("Double click shows the folder of %1.").arg(message.file);
    item->setToolTip(tip.join(u'\n'));
    item->setData(scanRole, message.scan);
    item->setData(fileRole, message.file);
    item->setData(linkRole, int(message.link));
    m_list->addItem(item);
    m_list->scrollToBottom();
    m_unseenError = m_unseenError || (message.kind == MessageKind::Error && !m_button->isChecked());
    refreshButton();
}

void MessagePanel::jump(const QListWidgetItem* item)
{
    const QString scan = item->data(scanRole).toString();
    const QString file = item->data(fileRole).toString();
    if (!scan.isEmpty())
        Q_EMIT scanChosen(scan);
    if (item->data(linkRole).toInt() == int(MessageLink::ScanShape))
        Q_EMIT scanShapeChosen(scan);
    else if (scan.isEmpty() && !file.isEmpty())
        Q_EMIT fileChosen(file);
}

void MessagePanel::refreshButton()
{
    const int count = int(m_log.messages().size());
    m_button->setText(tr("%n message(s)", nullptr, count) + (m_button->isChecked() ? QStringLiteral(" ▾") : QStringLiteral(" ▴")));
    m_button->setIcon(m_unseenError ? style()->standardIcon(QStyle::SP_MessageBoxCritical) : QIcon());
    m_button->setAccessibleName(tr("%n message(s), open the list", nullptr, count));
    m_button->setToolTip(tr("Errors, warnings and notes (Ctrl+M)"));
}

} // namespace dispersa
